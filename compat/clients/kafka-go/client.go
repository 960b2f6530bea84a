package main

import (
	"time"

	"odradek/compat/clients/harness/check"

	"github.com/segmentio/kafka-go"
)

func admin(bootstrap string) *kafka.Client {
	return &kafka.Client{Addr: kafka.TCP(bootstrap), Timeout: 20 * time.Second}
}

func newTopic(bootstrap, name string, partitions int, configs ...kafka.ConfigEntry) string {
	topic := kafka.TopicConfig{Topic: name, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}
	created := check.Must(admin(bootstrap).CreateTopics(check.Context(20), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{topic}}))
	check.OK(created.Errors[name])
	// Apache Kafka may answer before the topic is there.
	check.Until("the topic is there", func() bool { return partitionCount(bootstrap, name) == partitions })
	return name
}

func metadata(bootstrap string, topics ...string) *kafka.MetadataResponse {
	return check.Must(admin(bootstrap).Metadata(check.Context(20), &kafka.MetadataRequest{Topics: topics}))
}

func partitionCount(bootstrap, topic string) int {
	return len(metadata(bootstrap, topic).Topics[0].Partitions)
}

// write sends the messages in one batch for each partition. By default a writer asks for no acknowledgement, so that it does
// not learn of errors, and waits a second for more messages: neither is for these.
func write(bootstrap, topic string, settings *kafka.Writer, messages ...kafka.Message) error {
	settings.Addr, settings.Topic, settings.BatchTimeout, settings.RequiredAcks = kafka.TCP(bootstrap), topic, 10*time.Millisecond, kafka.RequireAll
	defer settings.Close()
	return settings.WriteMessages(check.Context(30), messages...)
}

func texts(values ...string) []kafka.Message {
	messages := make([]kafka.Message, len(values))
	for index, value := range values {
		messages[index] = kafka.Message{Value: []byte(value)}
	}
	return messages
}

// reader of partition 0, or of all partitions as a group.
func reader(bootstrap, topic, group string) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{Brokers: []string{bootstrap}, Topic: topic, GroupID: group, StartOffset: kafka.FirstOffset, MaxWait: time.Second})
}

// take reads and, in a group, commits count messages.
func take(from *kafka.Reader, count int) []kafka.Message {
	ctx := check.Context(20)
	messages := make([]kafka.Message, count)
	for index := range messages {
		messages[index] = check.Must(from.ReadMessage(ctx))
	}
	return messages
}

func readAll(bootstrap, topic string, count int) []kafka.Message {
	opened := reader(bootstrap, topic, "")
	defer opened.Close()
	return take(opened, count)
}

func values(messages []kafka.Message) []string {
	all := make([]string, len(messages))
	for index, message := range messages {
		all[index] = string(message.Value)
	}
	return all
}
