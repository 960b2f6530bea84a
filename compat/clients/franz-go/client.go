package main

import (
	"time"

	"odradek/compat/clients/harness/check"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func client(bootstrap string, options ...kgo.Opt) *kgo.Client {
	return check.Must(kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(bootstrap)}, options...)...))
}

// admin forgets its metadata sooner than by default, which is five seconds.
func admin(bootstrap string) *kadm.Client {
	return kadm.NewClient(client(bootstrap, kgo.MetadataMinAge(50*time.Millisecond)))
}

func newTopic(bootstrap, name string, partitions int32, configs map[string]*string) string {
	opened := admin(bootstrap)
	defer opened.Close()
	check.Must(opened.CreateTopic(check.Context(20), partitions, 1, configs, name))
	// Apache Kafka may answer before the topic is there.
	check.Until("the topic is listed", func() bool {
		return len(check.Must(opened.ListTopics(check.Context(20), name))[name].Partitions) == int(partitions)
	})
	return name
}

// produce sends the records and waits for all of them.
func produce(bootstrap string, records []*kgo.Record, options ...kgo.Opt) {
	opened := client(bootstrap, options...)
	defer opened.Close()
	check.OK(opened.ProduceSync(check.Context(30), records...).FirstErr())
}

func texts(topic string, values ...string) []*kgo.Record {
	records := make([]*kgo.Record, len(values))
	for index, value := range values {
		records[index] = &kgo.Record{Topic: topic, Value: []byte(value)}
	}
	return records
}

// consumer reads a topic as the only member of a group, unless the options say otherwise.
func consumer(bootstrap, group, topic string, options ...kgo.Opt) *kgo.Client {
	defaults := []kgo.Opt{kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
	return client(bootstrap, append(defaults, options...)...)
}

// collect gives the next count records.
func collect(opened *kgo.Client, count int) []*kgo.Record {
	ctx := check.Context(20)
	var records []*kgo.Record
	for len(records) < count {
		fetches := opened.PollRecords(ctx, count-len(records))
		check.OK(fetches.Err())
		records = append(records, fetches.Records()...)
	}
	return records
}

func readAll(bootstrap, topic string, count int) []*kgo.Record {
	opened := client(bootstrap, kgo.ConsumeTopics(topic))
	defer opened.Close()
	return collect(opened, count)
}

func values(records []*kgo.Record) []string {
	all := make([]string, len(records))
	for index, record := range records {
		all[index] = string(record.Value)
	}
	return all
}
