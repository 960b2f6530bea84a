package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"odradek/compat/clients/harness/check"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
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
	"a record larger than a fetch comes":               huge,
}

func recordsWithHeaders(bootstrap string) {
	topic := newTopic(bootstrap, "headers", 1, nil)
	headers := []kgo.RecordHeader{{Key: "one", Value: []byte("1")}, {Key: "one", Value: []byte("again")}, {Key: "none"}, {Key: "empty", Value: []byte{}}}
	at := time.UnixMilli(1_700_000_000_123)
	produce(bootstrap, []*kgo.Record{
		{Topic: topic, Key: []byte("key"), Value: []byte("value"), Headers: headers, Timestamp: at},
		{Topic: topic, Key: []byte{}, Value: []byte{}},
		{Topic: topic, Key: []byte("tombstone")},
		{Topic: topic, Value: []byte("Grüße")},
	})
	read := readAll(bootstrap, topic, 4)
	check.Equal([]string{string(read[0].Key), string(read[0].Value)}, []string{"key", "value"})
	check.Equal(read[0].Headers, headers)
	check.Equal(read[0].Timestamp.UnixMilli(), at.UnixMilli())
	check.Equal([][]byte{read[1].Key, read[1].Value, read[2].Value, read[3].Key}, [][]byte{{}, {}, nil, nil})
	check.Equal(string(read[3].Value), "Grüße")
	check.Equal([]int64{read[0].Offset, read[3].Offset}, []int64{0, 3})
}

func recordsOfEachCodec(bootstrap string) {
	topic := newTopic(bootstrap, "codecs", 1, nil)
	codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	var expected []string
	for codec, compression := range codecs {
		var sent []string
		for number := range 100 {
			sent = append(sent, fmt.Sprintf("%d %d %s", codec, number, strings.Repeat("x", 500)))
		}
		produce(bootstrap, texts(topic, sent...), kgo.ProducerBatchCompression(compression), kgo.ProducerLinger(50*time.Millisecond))
		expected = append(expected, sent...)
	}
	check.Equal(values(readAll(bootstrap, topic, len(expected))), expected)
}

func manyRecords(bootstrap string) {
	topic := newTopic(bootstrap, "many", 4, nil)
	var sent []*kgo.Record
	for number := range 20_000 {
		sent = append(sent, &kgo.Record{Topic: topic, Key: []byte(strconv.Itoa(number % 50)), Value: []byte(strconv.Itoa(number))})
	}
	produce(bootstrap, sent)
	last := map[string]int{}
	partitions := map[string]int32{}
	for _, record := range readAll(bootstrap, topic, 20_000) {
		key, value := string(record.Key), check.Must(strconv.Atoi(string(record.Value)))
		before, seen := last[key]
		check.That(!seen || value == before+50, "%d follows %d of key %s", value, before, key)
		check.That(!seen || partitions[key] == record.Partition, "key %s is in one partition", key)
		last[key], partitions[key] = value, record.Partition
	}
	check.Equal(len(last), 50)
}

// The default of this client.
func idempotentProducer(bootstrap string) {
	topic := newTopic(bootstrap, "idempotent", 1, nil)
	var sent []string
	for number := range 2_000 {
		sent = append(sent, strconv.Itoa(number))
	}
	for range 2 {
		produce(bootstrap, texts(topic, sent...), kgo.ProducerBatchMaxBytes(1_000))
	}
	check.Equal(values(readAll(bootstrap, topic, 4_000)), append(sent, sent...))
}

func topicMadeByProducing(bootstrap string) {
	produce(bootstrap, texts("made-by-producing", "a"), kgo.AllowAutoTopicCreation())
	check.Equal(values(readAll(bootstrap, "made-by-producing", 1)), []string{"a"})
}

func consumerAtEnds(bootstrap string) {
	topic := newTopic(bootstrap, "ends", 1, nil)
	produce(bootstrap, texts(topic, "old"))
	late := client(bootstrap, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtEnd()}}))
	defer late.Close()
	check.Equal(len(late.PollFetches(check.Context(1)).Records()), 0)
	produce(bootstrap, texts(topic, "new"))
	check.Equal(values(collect(late, 1)), []string{"new"})
	early := consumer(bootstrap, "at-the-beginning", topic)
	defer early.Close()
	check.Equal(values(collect(early, 2)), []string{"old", "new"})
}

func consumerAtTime(bootstrap string) {
	topic := newTopic(bootstrap, "times", 1, nil)
	var sent []*kgo.Record
	for _, at := range []int64{1_000, 2_000, 3_000} {
		sent = append(sent, &kgo.Record{Topic: topic, Value: []byte(strconv.FormatInt(at, 10)), Timestamp: time.UnixMilli(at)})
	}
	produce(bootstrap, sent)
	opened := client(bootstrap, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AfterMilli(1_500)))
	defer opened.Close()
	check.Equal(values(collect(opened, 2)), []string{"2000", "3000"})
}

func unknownTopic(bootstrap string) {
	opened := client(bootstrap, kgo.UnknownTopicRetries(1))
	defer opened.Close()
	check.Is(opened.ProduceSync(check.Context(20), texts("not-there", "a")...).FirstErr(), kerr.UnknownTopicOrPartition)
	one := newTopic(bootstrap, "one-partition", 1, nil)
	manual := client(bootstrap, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer manual.Close()
	check.That(manual.ProduceSync(check.Context(20), &kgo.Record{Topic: one, Partition: 5}).FirstErr() != nil, "partition 5 is unknown")
}

func tooLarge(bootstrap string) {
	limit := "10000"
	topic := newTopic(bootstrap, "large", 1, map[string]*string{"max.message.bytes": &limit})
	opened := client(bootstrap, kgo.ProducerBatchCompression(kgo.NoCompression()))
	defer opened.Close()
	check.Is(opened.ProduceSync(check.Context(20), texts(topic, strings.Repeat("x", 20_000))...).FirstErr(), kerr.MessageTooLarge)
	check.OK(opened.ProduceSync(check.Context(20), texts(topic, strings.Repeat("x", 9_000))...).FirstErr())
	check.Equal(len(readAll(bootstrap, topic, 1)[0].Value), 9_000)
	// The client itself refuses what is larger than its own limit.
	check.That(errors.Is(opened.ProduceSync(check.Context(20), texts(topic, strings.Repeat("x", 2_000_000))...).FirstErr(), kerr.MessageTooLarge), "refused")
}

func huge(bootstrap string) {
	limit := "8000000"
	topic := newTopic(bootstrap, "huge", 1, map[string]*string{"max.message.bytes": &limit})
	produce(bootstrap, texts(topic, "a", strings.Repeat("x", 5_000_000), "b"), kgo.ProducerBatchMaxBytes(6_000_000), kgo.ProducerBatchCompression(kgo.NoCompression()))
	opened := client(bootstrap, kgo.ConsumeTopics(topic), kgo.FetchMaxBytes(100_000), kgo.FetchMaxPartitionBytes(10_000))
	defer opened.Close()
	check.Equal(len(collect(opened, 3)[1].Value), 5_000_000)
}
