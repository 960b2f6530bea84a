package main

import (
	"os"
	"time"

	"odradek/compat/clients/harness/check"

	"github.com/IBM/sarama"
)

// config has the client's defaults, what a synchronous producer needs, and a consumer that begins at the beginning.
func config() *sarama.Config {
	settings := sarama.NewConfig()
	settings.Version = check.Must(sarama.ParseKafkaVersion(os.Getenv("SARAMA_VERSION")))
	settings.Producer.Return.Successes = true
	settings.Consumer.Return.Errors = true
	settings.Consumer.Offsets.Initial = sarama.OffsetOldest
	return settings
}

func admin(bootstrap string) sarama.ClusterAdmin {
	return check.Must(sarama.NewClusterAdmin([]string{bootstrap}, config()))
}

func newTopic(bootstrap, name string, partitions int32, configs map[string]*string) string {
	opened := admin(bootstrap)
	defer opened.Close()
	check.OK(opened.CreateTopic(name, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}, false))
	// Apache Kafka may answer before the topic is there.
	check.Until("the topic is there", func() bool { return partitionCount(opened, name) == int(partitions) })
	return name
}

func partitionCount(opened sarama.ClusterAdmin, topic string) int {
	described := check.Must(opened.DescribeTopics([]string{topic}))
	return len(described[0].Partitions)
}

// produce sends the messages one batch for each call of it and gives the first error.
func produce(bootstrap string, settings *sarama.Config, messages ...*sarama.ProducerMessage) error {
	producer := check.Must(sarama.NewSyncProducer([]string{bootstrap}, settings))
	defer producer.Close()
	return producer.SendMessages(messages)
}

func texts(topic string, values ...string) []*sarama.ProducerMessage {
	messages := make([]*sarama.ProducerMessage, len(values))
	for index, value := range values {
		messages[index] = &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(value)}
	}
	return messages
}

// readFrom reads count messages of partition 0 from an offset, without a group.
func readFrom(bootstrap, topic string, offset int64, count int) []*sarama.ConsumerMessage {
	consumer := check.Must(sarama.NewConsumer([]string{bootstrap}, config()))
	defer consumer.Close()
	partition := check.Must(consumer.ConsumePartition(topic, 0, offset))
	defer partition.Close()
	late := time.After(20 * time.Second)
	var messages []*sarama.ConsumerMessage
	for len(messages) < count {
		select {
		case message := <-partition.Messages():
			messages = append(messages, message)
		case err := <-partition.Errors():
			panic(err)
		case <-late:
			check.That(false, "%d of %d messages within 20 s", len(messages), count)
		}
	}
	return messages
}

func values(messages []*sarama.ConsumerMessage) []string {
	all := make([]string, len(messages))
	for index, message := range messages {
		all[index] = string(message.Value)
	}
	return all
}
