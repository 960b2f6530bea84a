from check import equal, habit, until
from client import collect, consumer, new_topic, produce, values
from confluent_kafka import TopicPartition


def partitions_of(members):
    return [sorted(partition.partition for partition in member.assignment()) for member in members]


def shared(members, count):
    """Polls the members until they have `count` partitions between them, each at least one."""

    def settled():
        for member in members:
            member.poll(0.05)
        owned = partitions_of(members)
        return all(owned) and sorted(sum(owned, [])) == list(range(count))

    until(f'{len(members)} members share {count} partitions', settled, 30)


@habit
def a_group_shares_partitions_and_rebalances(bootstrap):
    topic = new_topic(bootstrap, 'shared', 4)
    with consumer(bootstrap, 'shared') as first:
        first.subscribe([topic])
        shared([first], 4)
        with consumer(bootstrap, 'shared') as second:
            second.subscribe([topic])
            shared([first, second], 4)
            equal([len(owned) for owned in partitions_of([first, second])], [2, 2])
        shared([first], 4)


@habit
def a_cooperative_group_moves_only_what_it_must(bootstrap):
    topic = new_topic(bootstrap, 'cooperative', 4)
    settings = {'partition.assignment.strategy': 'cooperative-sticky'}
    revoked = []
    with consumer(bootstrap, 'cooperative', **settings) as first:
        first.subscribe([topic], on_revoke=lambda _, partitions: revoked.append(len(partitions)))
        shared([first], 4)
        with consumer(bootstrap, 'cooperative', **settings) as second:
            second.subscribe([topic])
            shared([first, second], 4)
            equal(revoked, [2])


@habit
def a_static_member_keeps_its_partitions(bootstrap):
    topic = new_topic(bootstrap, 'static', 2)

    def member(name):
        return consumer(bootstrap, 'static', **{'group.instance.id': name})

    with member('a') as first:
        first.subscribe([topic])
        with member('b') as second:
            second.subscribe([topic])
            shared([first, second], 2)
            owned = partitions_of([second])
        # Closing a static member does not leave the group: the other keeps what it had, and the next of this name gets it back.
        with member('b') as again:
            again.subscribe([topic])
            shared([first, again], 2)
            equal(partitions_of([again]), owned)


@habit
def a_group_resumes_where_it_committed(bootstrap):
    topic = new_topic(bootstrap, 'resumed')
    produce(bootstrap, topic, [{'value': str(number)} for number in range(10)])
    with consumer(bootstrap, 'resumed', **{'enable.auto.commit': False}) as opened:
        opened.subscribe([topic])
        fourth = collect(opened, 4)[3]
        committed = opened.commit(message=fourth, asynchronous=False)
        equal([(partition.offset, partition.error) for partition in committed], [(4, None)])
    # By default a consumer commits what it gave out when it closes.
    with consumer(bootstrap, 'resumed') as opened:
        opened.subscribe([topic])
        equal(values(collect(opened, 3)), ['4', '5', '6'])
    with consumer(bootstrap, 'resumed') as opened:
        equal(opened.committed([TopicPartition(topic, 0)])[0].offset, 7)
        opened.subscribe([topic])
        equal(values(collect(opened, 3)), ['7', '8', '9'])
