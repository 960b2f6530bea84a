from check import equal, habit, raises
from client import POLL_MS, admin, collect, consumer, new_topic, produce, producer, read_all, values
from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError


@habit
def records_come_back_with_keys_and_headers(bootstrap):
    topic = new_topic(bootstrap, 'headers')
    headers = [('one', b'1'), ('one', b'again'), ('empty', b'')]
    sent = [
        {'key': b'key', 'value': b'value', 'headers': headers, 'timestamp_ms': 1_700_000_000_123},
        {'key': b'', 'value': b''},
        {'key': b'tombstone', 'value': None},
        {'value': 'Grüße'.encode()},
    ]
    equal([metadata.offset for metadata in produce(bootstrap, topic, sent)], [0, 1, 2, 3])
    first, empty, tombstone, last = read_all(bootstrap, topic, 4)
    equal((first.key, first.value, list(first.headers)), (b'key', b'value', headers))
    equal((first.timestamp, first.timestamp_type), (1_700_000_000_123, 0))
    equal((empty.key, empty.value, list(empty.headers)), (b'', b'', []))
    equal((tombstone.key, tombstone.value), (b'tombstone', None))
    equal((last.key, last.value.decode()), (None, 'Grüße'))


@habit
def records_of_each_codec_come_back(bootstrap):
    topic = new_topic(bootstrap, 'codecs')
    expected = []
    for codec in [None, 'gzip', 'snappy', 'lz4', 'zstd']:
        texts = [f'{codec} {number} {"x" * 500}' for number in range(100)]
        produce(bootstrap, topic, [{'value': text.encode()} for text in texts], compression_type=codec, linger_ms=50)
        expected += texts
    equal(values(read_all(bootstrap, topic, len(expected))), expected)


@habit
def many_records_keep_the_order_of_their_keys(bootstrap):
    topic = new_topic(bootstrap, 'many', 4)
    produce(bootstrap, topic, [{'key': b'%d' % (number % 50), 'value': b'%d' % number} for number in range(10_000)], compression_type='gzip')
    by_key, partitions = {}, {}
    for message in read_all(bootstrap, topic, 10_000):
        by_key.setdefault(int(message.key), []).append(int(message.value))
        partitions.setdefault(message.key, set()).add(message.partition)
    equal(by_key, {key: list(range(key, 10_000, 50)) for key in range(50)})
    equal({len(seen) for seen in partitions.values()}, {1})


@habit
def a_topic_is_made_by_producing_to_it(bootstrap):
    produce(bootstrap, 'made-by-producing', [{'value': b'a'}])
    equal(values(read_all(bootstrap, 'made-by-producing', 1)), ['a'])
    with admin(bootstrap) as client:
        equal([len(topic['partitions']) for topic in client.describe_topics(['made-by-producing'])], [1])


@habit
def a_consumer_begins_at_the_beginning_or_at_the_end(bootstrap):
    topic = new_topic(bootstrap, 'ends')
    partition = TopicPartition(topic, 0)
    produce(bootstrap, topic, [{'value': b'old'}])
    with consumer(bootstrap, 'at-the-end', auto_offset_reset='latest') as late, consumer(bootstrap, None) as assigned:
        late.subscribe([topic])
        while not late.assignment():
            late.poll(timeout_ms=POLL_MS)
        equal(late.poll(timeout_ms=500), {})
        assigned.assign([partition])
        assigned.seek_to_end(partition)
        equal(assigned.position(partition), 1)
        produce(bootstrap, topic, [{'value': b'new'}])
        equal(values(collect(late, 1)), ['new'])
        equal(values(collect(assigned, 1)), ['new'])
        equal((assigned.beginning_offsets([partition]), assigned.end_offsets([partition])), ({partition: 0}, {partition: 2}))
        assigned.seek_to_beginning(partition)
        equal(values(collect(assigned, 2)), ['old', 'new'])


@habit
def a_consumer_begins_at_a_time(bootstrap):
    topic = new_topic(bootstrap, 'times')
    partition = TopicPartition(topic, 0)
    produce(bootstrap, topic, [{'value': b'%d' % at, 'timestamp_ms': at} for at in (1_000, 2_000, 3_000)])
    with consumer(bootstrap, None) as opened:
        opened.assign([partition])
        found = opened.offsets_for_times({partition: 1_500})[partition]
        equal((found.offset, found.timestamp), (1, 2_000))
        equal(opened.offsets_for_times({partition: 4_000})[partition], None)
        opened.seek(partition, found.offset)
        equal(values(collect(opened, 2)), ['2000', '3000'])


@habit
def an_unknown_topic_is_an_error(bootstrap):
    with consumer(bootstrap, None) as opened:
        equal(opened.partitions_for_topic('not-there') or set(), set())
    new_topic(bootstrap, 'one-partition')
    with producer(bootstrap, max_block_ms=1_000) as opened:
        # The client sends only to partitions that it knows of.
        raises((AssertionError, KafkaTimeoutError, ValueError), lambda: opened.send('one-partition', b'a', partition=5))


@habit
def a_record_that_is_too_large_is_an_error(bootstrap):
    topic = new_topic(bootstrap, 'large', **{'max.message.bytes': '10000'})
    raises(MessageSizeTooLargeError, lambda: produce(bootstrap, topic, [{'value': b'x' * 20_000}]))
    produce(bootstrap, topic, [{'value': b'x' * 9_000}])
    equal([len(message.value) for message in read_all(bootstrap, topic, 1)], [9_000])
