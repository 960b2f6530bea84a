package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"odradek/compat/clients/harness/check"

	"github.com/IBM/sarama"
)

var records = check.Habits{
	"records come back with keys and headers":          recordsWithHeaders,
	"records of each codec come back":                  recordsOfEachCodec,
	"many records keep the order of their keys":        manyRecords,
	"an idempotent producer keeps order":               idempotentProducer,
	"a topic is made by producing to it":               topicMadeByProducing,
	"a consumer begins at the beginning or at the end": consumerAtEnds,
	"a consumer begins at a time":                      consumerAtTime,
	"an unknown topic is an error":                     unknownTopic,
	"a record that is too large is an error":           tooLarge,
}

func recordsWithHeaders(bootstrap string) {
	topic := newTopic(bootstrap, "headers", 1, nil)
	headers := []sarama.RecordHeader{{Key: []byte("one"), Value: []byte("1")}, {Key: []byte("one"), Value: []byte("again")}, {Key: []byte("empty"), Value: []byte{}}}
	at := time.UnixMilli(1_700_000_000_123)
	check.OK(produce(bootstrap, config(),
		&sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder("key"), Value: sarama.StringEncoder("value"), Headers: headers, Timestamp: at},
		&sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder("tombstone")},
		&sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder("Grüße")}))
	read := readFrom(bootstrap, topic, sarama.OffsetOldest, 3)
	check.Equal([]string{string(read[0].Key), string(read[0].Value), string(read[2].Value)}, []string{"key", "value", "Grüße"})
	check.Equal(len(read[0].Headers), len(headers))
	for index, header := range read[0].Headers {
		check.Equal(string(header.Key)+string(header.Value), string(headers[index].Key)+string(headers[index].Value))
	}
	check.Equal(read[0].Timestamp.UnixMilli(), at.UnixMilli())
	check.That(read[1].Value == nil && read[2].Key == nil, "nulls stay null")
}

func recordsOfEachCodec(bootstrap string) {
	topic := newTopic(bootstrap, "codecs", 1, nil)
	codecs := []sarama.CompressionCodec{sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4}
	settings := config()
	// The client sends zstd only to brokers that it takes to know it.
	if settings.Version.IsAtLeast(sarama.V2_1_0_0) {
		codecs = append(codecs, sarama.CompressionZSTD)
	}
	var expected []string
	for _, codec := range codecs {
		var sent []string
		for number := range 100 {
			sent = append(sent, fmt.Sprintf("%s %d %s", codec, number, strings.Repeat("x", 500)))
		}
		settings.Producer.Compression = codec
		check.OK(produce(bootstrap, settings, texts(topic, sent...)...))
		expected = append(expected, sent...)
	}
	check.Equal(values(readFrom(bootstrap, topic, sarama.OffsetOldest, len(expected))), expected)
}

func manyRecords(bootstrap string) {
	topic := newTopic(bootstrap, "many", 4, nil)
	settings := config()
	var sent []*sarama.ProducerMessage
	for number := range 10_000 {
		sent = append(sent, &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder(strconv.Itoa(number % 50)), Value: sarama.StringEncoder(strconv.Itoa(number))})
	}
	check.OK(produce(bootstrap, settings, sent...))
	last := map[string]int{}
	for _, message := range collect(bootstrap, "many", topic, 10_000, nil) {
		key, value := string(message.Key), check.Must(strconv.Atoi(string(message.Value)))
		before, seen := last[key]
		check.That(!seen || value == before+50, "%d follows %d of key %s", value, before, key)
		last[key] = value
	}
	check.Equal(len(last), 50)
}

func idempotentProducer(bootstrap string) {
	topic := newTopic(bootstrap, "idempotent", 1, nil)
	settings := config()
	settings.Producer.Idempotent = true
	settings.Producer.RequiredAcks = sarama.WaitForAll
	settings.Producer.Flush.MaxMessages = 20
	settings.Net.MaxOpenRequests = 1
	var sent []string
	for number := range 2_000 {
		sent = append(sent, strconv.Itoa(number))
	}
	for range 2 {
		check.OK(produce(bootstrap, settings, texts(topic, sent...)...))
	}
	check.Equal(values(readFrom(bootstrap, topic, sarama.OffsetOldest, 4_000)), append(sent, sent...))
}

func topicMadeByProducing(bootstrap string) {
	// Apache Kafka answers before the topic is there, sometimes for longer than the client tries.
	check.Until("the topic is made", func() bool { return produce(bootstrap, config(), texts("made-by-producing", "a")...) == nil })
	check.Equal(values(readFrom(bootstrap, "made-by-producing", sarama.OffsetOldest, 1)), []string{"a"})
}

func consumerAtEnds(bootstrap string) {
	topic := newTopic(bootstrap, "ends", 1, nil)
	check.OK(produce(bootstrap, config(), texts(topic, "old")...))
	consumer := check.Must(sarama.NewConsumer([]string{bootstrap}, config()))
	defer consumer.Close()
	late := check.Must(consumer.ConsumePartition(topic, 0, sarama.OffsetNewest))
	check.OK(produce(bootstrap, config(), texts(topic, "new")...))
	check.Equal(string((<-late.Messages()).Value), "new")
	check.OK(late.Close())
	check.Equal(values(readFrom(bootstrap, topic, sarama.OffsetOldest, 2)), []string{"old", "new"})
	_, err := consumer.ConsumePartition(topic, 0, 100)
	check.Is(err, sarama.ErrOffsetOutOfRange)
}

func consumerAtTime(bootstrap string) {
	topic := newTopic(bootstrap, "times", 1, nil)
	messages := texts(topic, "1000", "2000", "3000")
	for index, message := range messages {
		message.Timestamp = time.UnixMilli(int64(index+1) * 1_000)
	}
	check.OK(produce(bootstrap, config(), messages...))
	client := check.Must(sarama.NewClient([]string{bootstrap}, config()))
	defer client.Close()
	offset := check.Must(client.GetOffset(topic, 0, 1_500))
	check.Equal(offset, int64(1))
	check.Equal(check.Must(client.GetOffset(topic, 0, sarama.OffsetNewest)), int64(3))
	check.Equal(values(readFrom(bootstrap, topic, offset, 2)), []string{"2000", "3000"})
}

func unknownTopic(bootstrap string) {
	settings := config()
	settings.Metadata.AllowAutoTopicCreation = false
	consumer := check.Must(sarama.NewConsumer([]string{bootstrap}, settings))
	defer consumer.Close()
	_, err := consumer.ConsumePartition("not-there", 0, sarama.OffsetOldest)
	check.Is(err, sarama.ErrUnknownTopicOrPartition)
	var refused sarama.ProducerErrors
	check.That(errors.As(produce(bootstrap, settings, texts("not-there", "a")...), &refused), "producing is refused")
	check.Is(refused[0].Err, sarama.ErrUnknownTopicOrPartition)
}

func tooLarge(bootstrap string) {
	limit := "10000"
	topic := newTopic(bootstrap, "large", 1, map[string]*string{"max.message.bytes": &limit})
	var refused sarama.ProducerErrors
	check.That(errors.As(produce(bootstrap, config(), texts(topic, strings.Repeat("x", 20_000))...), &refused), "it is refused")
	check.Is(refused[0].Err, sarama.ErrMessageSizeTooLarge)
	check.OK(produce(bootstrap, config(), texts(topic, strings.Repeat("x", 9_000))...))
	check.Equal(len(readFrom(bootstrap, topic, sarama.OffsetOldest, 1)[0].Value), 9_000)
}
