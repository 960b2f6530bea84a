package main

import (
	"os"

	"odradek/compat/clients/harness/check"

	"github.com/IBM/sarama"
)

var versions = check.Habits{
	"versions before 0.11 are refused": oldVersions,
}

// Kafka 4 dropped what these clients send (KIP-896), and so do we: at once and with an error, not by silence.
func oldVersions(bootstrap string) {
	topic := newTopic(bootstrap, "old", 1, nil)
	for _, version := range []string{"0.8.2.0", "0.9.0.1", "0.10.2.1"} {
		check.OK(os.Setenv("SARAMA_VERSION", version))
		settings := config()
		settings.Producer.Retry.Max = 1
		check.That(produce(bootstrap, settings, texts(topic, "a")...) != nil, "producing as %s is refused", version)
		consumer := check.Must(sarama.NewConsumer([]string{bootstrap}, settings))
		partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
		if err == nil {
			err = <-partition.Errors()
		}
		check.That(err != nil, "consuming as %s is refused", version)
	}
}
