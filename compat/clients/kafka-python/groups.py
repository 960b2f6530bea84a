import threading

from check import equal, habit, until
from client import POLL_MS, collect, consumer, new_topic, produce, values
from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata


class Member(threading.Thread):
    """A consumer that polls in a thread of its own, as one of a group must."""

    def __init__(self, bootstrap, group, topic):
        super().__init__(daemon=True)
        self.owned = []
        self._arguments = (bootstrap, group, topic)
        self._left = threading.Event()

    def run(self):
        bootstrap, group, topic = self._arguments
        with consumer(bootstrap, group) as opened:
            opened.subscribe([topic])
            while not self._left.is_set():
                opened.poll(timeout_ms=POLL_MS)
                self.owned = sorted(partition.partition for partition in opened.assignment())
        self.owned = []

    def leave(self):
        self._left.set()
        self.join(20)


@habit
def a_group_shares_partitions_and_rebalances(bootstrap):
    topic = new_topic(bootstrap, 'shared', 4)
    first, second = Member(bootstrap, 'shared', topic), Member(bootstrap, 'shared', topic)
    first.start()
    until('the first has all', lambda: first.owned == [0, 1, 2, 3])
    second.start()
    until('they share', lambda: sorted([first.owned, second.owned]) == [[0, 1], [2, 3]])
    first.leave()
    until('the second has all', lambda: second.owned == [0, 1, 2, 3])
    second.leave()


@habit
def a_group_resumes_where_it_committed(bootstrap):
    topic = new_topic(bootstrap, 'resumed')
    partition = TopicPartition(topic, 0)
    produce(bootstrap, topic, [{'value': b'%d' % number} for number in range(10)])
    with consumer(bootstrap, 'resumed', enable_auto_commit=False) as opened:
        opened.subscribe([topic])
        collect(opened, 6)
        # Its fields differ between versions: offset, metadata, and the leader epoch since 2.1.
        opened.commit({partition: OffsetAndMetadata(4, 'four', *[-1] * (len(OffsetAndMetadata._fields) - 2))})
    # By default a consumer commits what it gave out when it closes.
    with consumer(bootstrap, 'resumed') as opened:
        opened.subscribe([topic])
        equal(values(collect(opened, 3)), ['4', '5', '6'])
    with consumer(bootstrap, 'resumed') as opened:
        equal(opened.committed(partition), 7)
        opened.subscribe([topic])
        equal(values(collect(opened, 3)), ['7', '8', '9'])
