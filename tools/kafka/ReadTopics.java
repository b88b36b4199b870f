import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Topics from beginning to end by Kafka's own client, as kcat -f '%t\t%p\t%h\t%s\n' prints them. */
class ReadTopics {
  public static void main(String[] args) {
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    var settings = Map.<String, Object>of("bootstrap.servers", args[0], "isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partitions = Arrays.stream(args).skip(1).flatMap(topic -> consumer.partitionsFor(topic).stream())
          .map(each -> new TopicPartition(each.topic(), each.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          var headers = StreamSupport.stream(record.headers().spliterator(), false)
              .map(each -> each.key() + "=" + new String(each.value(), StandardCharsets.UTF_8))
              .collect(Collectors.joining(","));
          out.print(record.topic() + "\t" + record.partition() + "\t" + headers + "\t" + record.value() + "\n");
        }
    }
    out.flush();
  }
}
