package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"odradek/compat/clients/harness/check"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/compress"
)

var records = check.Habits{
	"records come back with keys and headers":          recordsWithHeaders,
	"records of each codec come back":                  recordsOfEachCodec,
	"many records keep the order of their keys":        manyRecords,
	"a topic is made by producing to it":               topicMadeByProducing,
	"a consumer begins at the beginning or at the end": consumerAtEnds,
	"a consumer begins at a time":                      consumerAtTime,
	"an unknown topic is an error":                     unknownTopic,
	"a record that is too large is an error":           tooLarge,
}

func recordsWithHeaders(bootstrap string) {
	topic := newTopic(bootstrap, "headers", 1)
	headers := []kafka.Header{{Key: "one", Value: []byte("1")}, {Key: "one", Value: []byte("again")}}
	at := time.UnixMilli(1_700_000_000_123)
	check.OK(write(bootstrap, topic, &kafka.Writer{},
		kafka.Message{Key: []byte("key"), Value: []byte("value"), Headers: headers, Time: at},
		kafka.Message{Key: []byte("tombstone")},
		kafka.Message{Value: []byte("Grüße")}))
	read := readAll(bootstrap, topic, 3)
	check.Equal([]string{string(read[0].Key), string(read[0].Value), string(read[2].Value)}, []string{"key", "value", "Grüße"})
	check.Equal(read[0].Headers, headers)
	check.Equal(read[0].Time.UnixMilli(), at.UnixMilli())
	check.Equal([]int{len(read[1].Value), len(read[2].Key)}, []int{0, 0})
}

func recordsOfEachCodec(bootstrap string) {
	topic := newTopic(bootstrap, "codecs", 1)
	var expected []string
	for _, codec := range []compress.Compression{compress.None, kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		var sent []string
		for number := range 100 {
			sent = append(sent, fmt.Sprintf("%d %d %s", codec, number, strings.Repeat("x", 500)))
		}
		check.OK(write(bootstrap, topic, &kafka.Writer{Compression: codec}, texts(sent...)...))
		expected = append(expected, sent...)
	}
	check.Equal(values(readAll(bootstrap, topic, len(expected))), expected)
}

func manyRecords(bootstrap string) {
	topic := newTopic(bootstrap, "many", 4)
	var sent []kafka.Message
	for number := range 10_000 {
		sent = append(sent, kafka.Message{Key: []byte(strconv.Itoa(number % 50)), Value: []byte(strconv.Itoa(number))})
	}
	check.OK(write(bootstrap, topic, &kafka.Writer{Balancer: &kafka.Hash{}}, sent...))
	opened := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{bootstrap}, Topic: topic, GroupID: "many", StartOffset: kafka.FirstOffset, CommitInterval: time.Second})
	defer opened.Close()
	last := map[string]int{}
	for _, message := range take(opened, 10_000) {
		key, value := string(message.Key), check.Must(strconv.Atoi(string(message.Value)))
		before, seen := last[key]
		check.That(!seen || value == before+50, "%d follows %d of key %s", value, before, key)
		last[key] = value
	}
	check.Equal(len(last), 50)
}

func topicMadeByProducing(bootstrap string) {
	// Apache Kafka says first that the topic is unknown, and the client gives that to its user.
	check.Until("the topic is made", func() bool {
		return write(bootstrap, "made-by-producing", &kafka.Writer{AllowAutoTopicCreation: true}, texts("a")...) == nil
	})
	check.Equal(values(readAll(bootstrap, "made-by-producing", 1)), []string{"a"})
}

func consumerAtEnds(bootstrap string) {
	topic := newTopic(bootstrap, "ends", 1)
	check.OK(write(bootstrap, topic, &kafka.Writer{}, texts("old")...))
	opened := reader(bootstrap, topic, "")
	defer opened.Close()
	check.OK(opened.SetOffset(kafka.LastOffset))
	next := make(chan kafka.Message, 1)
	go func() { next <- take(opened, 1)[0] }()
	// The end is looked up by reading.
	time.Sleep(2 * time.Second)
	check.OK(write(bootstrap, topic, &kafka.Writer{}, texts("new")...))
	check.Equal(string((<-next).Value), "new")
	check.Equal(values(readAll(bootstrap, topic, 2)), []string{"old", "new"})
}

func consumerAtTime(bootstrap string) {
	topic := newTopic(bootstrap, "times", 1)
	messages := texts("1000", "2000", "3000")
	for index := range messages {
		messages[index].Time = time.UnixMilli(int64(index+1) * 1_000)
	}
	check.OK(write(bootstrap, topic, &kafka.Writer{}, messages...))
	opened := reader(bootstrap, topic, "")
	defer opened.Close()
	check.OK(opened.SetOffsetAt(check.Context(20), time.UnixMilli(1_500)))
	check.Equal(values(take(opened, 2)), []string{"2000", "3000"})
}

func unknownTopic(bootstrap string) {
	check.Is(write(bootstrap, "not-there", &kafka.Writer{MaxAttempts: 1}, texts("a")...), kafka.UnknownTopicOrPartition)
}

func tooLarge(bootstrap string) {
	topic := newTopic(bootstrap, "large", 1, kafka.ConfigEntry{ConfigName: "max.message.bytes", ConfigValue: "10000"})
	var failures kafka.WriteErrors
	check.That(errors.As(write(bootstrap, topic, &kafka.Writer{MaxAttempts: 1}, texts(strings.Repeat("x", 20_000))...), &failures), "it is refused")
	check.Is(failures[0], kafka.MessageSizeTooLarge)
	check.OK(write(bootstrap, topic, &kafka.Writer{}, texts(strings.Repeat("x", 9_000))...))
	check.Equal(len(readAll(bootstrap, topic, 1)[0].Value), 9_000)
}
