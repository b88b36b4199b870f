// Reads a compose file or a file of alert rules as docker compose and Prometheus do, by their own libraries: much less to
// build than the two programs. Built by tools/packaging/packaging-tools.mjs.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	if len(os.Args) != 3 {
		giveUp("check compose|rules FILE")
	}
	switch os.Args[1] {
	case "compose":
		showProject(os.Args[2])
	case "rules":
		checkRules(os.Args[2])
	default:
		giveUp("check compose|rules FILE")
	}
}

func showProject(file string) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithOsEnv, cli.WithProfiles([]string{"*"}))
	if err != nil {
		giveUp(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		giveUp(err)
	}
	text, err := project.MarshalJSON()
	if err != nil {
		giveUp(err)
	}
	fmt.Println(string(text))
}

func checkRules(file string) {
	scheme := model.UTF8Validation
	_, problems := rulefmt.ParseFile(file, false, scheme, parser.NewParser(parser.Options{}), slog.Default())
	for _, problem := range problems {
		fmt.Fprintln(os.Stderr, problem)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}

func giveUp(reason any) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
