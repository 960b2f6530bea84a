package main

import (
	"slices"

	"odradek/compat/clients/harness/check"

	"github.com/segmentio/kafka-go"
)

var groups = check.Habits{
	"a group shares partitions and rebalances": groupShares,
	"a group resumes where it committed":       groupResumes,
}

func groupShares(bootstrap string) {
	topic := newTopic(bootstrap, "shared", 4)
	assigned := func() []int {
		described := check.Must(admin(bootstrap).DescribeGroups(check.Context(20), &kafka.DescribeGroupsRequest{GroupIDs: []string{"shared"}}))
		var counts []int
		for _, member := range described.Groups[0].Members {
			for _, topic := range member.MemberAssignments.Topics {
				counts = append(counts, len(topic.Partitions))
			}
		}
		slices.Sort(counts)
		return counts
	}
	first := reader(bootstrap, topic, "shared")
	check.Until("the first has all", func() bool { return slices.Equal(assigned(), []int{4}) })
	second := reader(bootstrap, topic, "shared")
	check.Until("they share", func() bool { return slices.Equal(assigned(), []int{2, 2}) })
	check.OK(first.Close())
	check.Until("the second has all", func() bool { return slices.Equal(assigned(), []int{4}) })
	check.OK(second.Close())
}

func groupResumes(bootstrap string) {
	topic := newTopic(bootstrap, "resumed", 1)
	check.OK(write(bootstrap, topic, &kafka.Writer{}, texts("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")...))
	first := reader(bootstrap, topic, "resumed")
	check.Equal(values(take(first, 4)), []string{"0", "1", "2", "3"})
	// What is fetched and not committed comes again.
	check.Equal(string(check.Must(first.FetchMessage(check.Context(20))).Value), "4")
	check.OK(first.Close())
	second := reader(bootstrap, topic, "resumed")
	check.Equal(values(take(second, 6)), []string{"4", "5", "6", "7", "8", "9"})
	check.OK(second.Close())
}
