package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"odradek/compat/clients/harness/check"

	"github.com/IBM/sarama"
)

var groups = check.Habits{
	"a group shares partitions and rebalances": groupShares,
	"a group resumes where it committed":       groupResumes,
}

// member consumes as one of a group until it leaves.
type member struct {
	group    sarama.ConsumerGroup
	cancel   context.CancelFunc
	done     chan struct{}
	messages chan *sarama.ConsumerMessage
	marked   int
	mutex    sync.Mutex
	owned    []int32
}

// join consumes; of the messages it marks the first ones, as many as marked says, or all for -1.
func join(bootstrap, group, topic string, marked int, settings *sarama.Config) *member {
	ctx, cancel := context.WithCancel(context.Background())
	joined := &member{
		group:    check.Must(sarama.NewConsumerGroup([]string{bootstrap}, group, settings)),
		cancel:   cancel,
		done:     make(chan struct{}),
		messages: make(chan *sarama.ConsumerMessage, 20_000),
		marked:   marked,
	}
	go func() {
		defer close(joined.done)
		for ctx.Err() == nil {
			if err := joined.group.Consume(ctx, []string{topic}, joined); err != nil && !errors.Is(err, sarama.ErrClosedConsumerGroup) {
				panic(err)
			}
		}
	}()
	return joined
}

func (joined *member) Setup(session sarama.ConsumerGroupSession) error {
	joined.mutex.Lock()
	defer joined.mutex.Unlock()
	joined.owned = nil
	for _, partitions := range session.Claims() {
		joined.owned = append(joined.owned, partitions...)
	}
	return nil
}

func (joined *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (joined *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		if joined.marked != 0 {
			session.MarkMessage(message, "marked")
			joined.marked--
		}
		joined.messages <- message
	}
	return nil
}

// leave commits what is marked, as the client does at the end of a session.
func (joined *member) leave() {
	joined.cancel()
	<-joined.done
	check.OK(joined.group.Close())
}

func (joined *member) count() int {
	joined.mutex.Lock()
	defer joined.mutex.Unlock()
	return len(slices.Compact(slices.Sorted(slices.Values(joined.owned))))
}

func (joined *member) next(count int) []*sarama.ConsumerMessage {
	ctx := check.Context(20)
	var messages []*sarama.ConsumerMessage
	for len(messages) < count {
		select {
		case message := <-joined.messages:
			messages = append(messages, message)
		case <-ctx.Done():
			check.That(false, "%d of %d messages within 20 s", len(messages), count)
		}
	}
	return messages
}

// collect reads as the only member of a group, and commits nothing.
func collect(bootstrap, group, topic string, count int, settings *sarama.Config) []*sarama.ConsumerMessage {
	if settings == nil {
		settings = config()
	}
	joined := join(bootstrap, group, topic, 0, settings)
	defer joined.leave()
	return joined.next(count)
}

func groupShares(bootstrap string) {
	topic := newTopic(bootstrap, "shared", 4, nil)
	first := join(bootstrap, "shared", topic, -1, config())
	check.Until("the first has all", func() bool { return first.count() == 4 })
	second := join(bootstrap, "shared", topic, -1, config())
	check.Until("they share", func() bool { return first.count() == 2 && second.count() == 2 })
	first.leave()
	check.Until("the second has all", func() bool { return second.count() == 4 })
	second.leave()
}

func groupResumes(bootstrap string) {
	topic := newTopic(bootstrap, "resumed", 1, nil)
	check.OK(produce(bootstrap, config(), texts(topic, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")...))
	first := join(bootstrap, "resumed", topic, 4, config())
	check.Equal(values(first.next(4)), []string{"0", "1", "2", "3"})
	first.leave()
	second := join(bootstrap, "resumed", topic, 3, config())
	check.Equal(values(second.next(3)), []string{"4", "5", "6"})
	second.leave()
	check.Equal(values(collect(bootstrap, "resumed", topic, 3, nil)), []string{"7", "8", "9"})
}
