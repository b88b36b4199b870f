import type { SpanExporter } from '@opentelemetry/sdk-trace';

export interface ExportListeners {
  /** Told once, until a batch was taken again. */
  onLost(error: unknown): void;
  /** With how many spans were lost meanwhile. */
  onTaken(lost: number): void;
}

const succeeded = 0;

/** A collector that is away is worth one line, however long it is. */
export function tellOnce(exporter: SpanExporter, listeners: ExportListeners): SpanExporter {
  let lost = 0;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const code: number = result.code;
        const isTaken = code === succeeded;
        if (!isTaken && lost === 0) listeners.onLost(result.error);
        if (isTaken && lost > 0) listeners.onTaken(lost);
        lost = isTaken ? 0 : lost + spans.length;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
