// Package check is what the programs in Go share: habits by name, and ways to fail with a reason and a stack.
package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"
)

// Habits are functions by the words that they are known by; each gets the address of the broker and panics when it fails.
type Habits map[string]func(bootstrap string)

// Main runs `BOOTSTRAP HABIT`, or prints the names for `list`.
func Main(groups ...Habits) {
	habits := Habits{}
	for _, group := range groups {
		for name, habit := range group {
			habits[name] = habit
		}
	}
	if len(os.Args) == 2 && os.Args[1] == "list" {
		for name := range habits {
			fmt.Println(name)
		}
		return
	}
	habit, known := habits[os.Args[2]]
	if !known {
		panic("no such habit: " + os.Args[2])
	}
	habit(os.Args[1])
}

// OK fails for an error.
func OK(err error) {
	if err != nil {
		panic(err)
	}
}

// Must gives the value of a call that may not fail.
func Must[T any](value T, err error) T {
	OK(err)
	return value
}

// Equal compares deeply.
func Equal(actual, expected any) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Sprintf("%#v is not %#v", actual, expected))
	}
}

// That fails where the condition does not hold.
func That(condition bool, what string, values ...any) {
	if !condition {
		panic(fmt.Sprintf("not so: "+what, values...))
	}
}

// Is fails unless the error is the expected one.
func Is(err, expected error) {
	That(errors.Is(err, expected), "%v is %v", err, expected)
}

// Until waits up to 20 seconds for the condition.
func Until(what string, condition func() bool) {
	deadline := time.Now().Add(20 * time.Second)
	for !condition() {
		That(time.Now().Before(deadline), "within 20 s: %s", what)
		time.Sleep(20 * time.Millisecond)
	}
}

// Context ends after the seconds, and lives as long as the program.
func Context(seconds int) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	context.AfterFunc(ctx, cancel)
	return ctx
}
