// FILE…: reads compose files as Docker Compose itself does, and prints the services of each with all profiles.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	for _, path := range os.Args[1:] {
		options, err := cli.NewProjectOptions([]string{path}, cli.WithName("odradek"), cli.WithProfiles([]string{"*"}))
		if err != nil {
			refuse(path, err)
		}
		project, err := options.LoadProject(context.Background())
		if err != nil {
			refuse(path, err)
		}
		fmt.Printf("%s: %s\n", path, strings.Join(project.ServiceNames(), " "))
	}
}

func refuse(path string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
	os.Exit(1)
}
