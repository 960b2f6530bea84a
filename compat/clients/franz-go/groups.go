package main

import (
	"context"
	"maps"
	"slices"
	"sync"

	"odradek/compat/clients/harness/check"

	"github.com/twmb/franz-go/pkg/kgo"
)

var groups = check.Habits{
	"a group shares partitions and rebalances": groupShares,
	"a group resumes where it committed":       groupResumes,
	"a static member keeps its partitions":     staticMember,
	"an eager group gives all partitions anew": eagerGroup,
}

// member polls in the background and knows what it owns.
type member struct {
	client *kgo.Client
	mutex  sync.Mutex
	owned  map[int32]bool
}

func join(bootstrap, group, topic string, options ...kgo.Opt) *member {
	joined := &member{owned: map[int32]bool{}}
	set := func(owns bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
			joined.mutex.Lock()
			defer joined.mutex.Unlock()
			for _, partition := range partitions[topic] {
				if owns {
					joined.owned[partition] = true
				} else {
					delete(joined.owned, partition)
				}
			}
		}
	}
	callbacks := []kgo.Opt{kgo.OnPartitionsAssigned(set(true)), kgo.OnPartitionsRevoked(set(false)), kgo.OnPartitionsLost(set(false))}
	joined.client = consumer(bootstrap, group, topic, append(callbacks, options...)...)
	go func() {
		for !joined.client.PollFetches(context.Background()).IsClientClosed() {
		}
	}()
	return joined
}

func (joined *member) partitions() []int32 {
	joined.mutex.Lock()
	defer joined.mutex.Unlock()
	return slices.Sorted(maps.Keys(joined.owned))
}

// share waits until the members own the partitions 0 to count-1 between them, as evenly as can be.
func share(count int, members ...*member) {
	check.Until("the partitions are shared", func() bool {
		var all []int32
		for _, each := range members {
			owned := each.partitions()
			if len(owned) != count/len(members) {
				return false
			}
			all = append(all, owned...)
		}
		slices.Sort(all)
		return len(slices.Compact(all)) == count
	})
}

// By default the client's balancer is cooperative-sticky.
func groupShares(bootstrap string) {
	topic := newTopic(bootstrap, "shared", 4, nil)
	first := join(bootstrap, "shared", topic)
	defer first.client.Close()
	share(4, first)
	second := join(bootstrap, "shared", topic)
	share(4, first, second)
	second.client.Close()
	share(4, first)
}

func eagerGroup(bootstrap string) {
	topic := newTopic(bootstrap, "eager", 4, nil)
	balancer := kgo.Balancers(kgo.RangeBalancer(), kgo.RoundRobinBalancer())
	first := join(bootstrap, "eager", topic, balancer)
	defer first.client.Close()
	share(4, first)
	second := join(bootstrap, "eager", topic, balancer)
	defer second.client.Close()
	share(4, first, second)
}

func staticMember(bootstrap string) {
	topic := newTopic(bootstrap, "static", 2, nil)
	first := join(bootstrap, "static", topic, kgo.InstanceID("a"))
	defer first.client.Close()
	second := join(bootstrap, "static", topic, kgo.InstanceID("b"))
	share(2, first, second)
	owned := second.partitions()
	second.client.Close()
	again := join(bootstrap, "static", topic, kgo.InstanceID("b"))
	defer again.client.Close()
	share(2, first, again)
	check.Equal(again.partitions(), owned)
}

func groupResumes(bootstrap string) {
	topic := newTopic(bootstrap, "resumed", 1, nil)
	produce(bootstrap, texts(topic, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"))
	opened := consumer(bootstrap, "resumed", topic, kgo.DisableAutoCommit())
	check.OK(opened.CommitRecords(check.Context(20), collect(opened, 4)...))
	collect(opened, 2)
	opened.Close()
	// By default a client commits what was polled before when it leaves by CloseAllowingRebalance or Close.
	opened = consumer(bootstrap, "resumed", topic)
	check.Equal(values(collect(opened, 3)), []string{"4", "5", "6"})
	check.OK(opened.CommitUncommittedOffsets(check.Context(20)))
	opened.Close()
	opened = consumer(bootstrap, "resumed", topic)
	defer opened.Close()
	check.Equal(values(collect(opened, 3)), []string{"7", "8", "9"})
}
