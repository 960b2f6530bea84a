import time

from check import equal, habit, raises, until
from client import admin, collect, consumer, new_topic, produce, read_all, values
from confluent_kafka import OFFSET_END, TIMESTAMP_CREATE_TIME, KafkaError, KafkaException, TopicPartition


@habit
def records_come_back_with_keys_and_headers(bootstrap):
    topic = new_topic(bootstrap, 'headers')
    headers = [('one', b'1'), ('one', b'again'), ('none', None), ('empty', b'')]
    sent = [
        {'key': b'key', 'value': b'value', 'headers': headers, 'timestamp': 1_700_000_000_123},
        {'key': b'', 'value': b''},
        {'key': b'tombstone', 'value': None},
        {'value': 'Grüße'.encode()},
    ]
    equal([message.offset() for message in produce(bootstrap, topic, sent)], [0, 1, 2, 3])
    first, empty, tombstone, last = read_all(bootstrap, topic, 4)
    equal((first.key(), first.value(), first.headers()), (b'key', b'value', headers))
    equal(first.timestamp(), (TIMESTAMP_CREATE_TIME, 1_700_000_000_123))
    equal((empty.key(), empty.value(), empty.headers()), (b'', b'', None))
    equal((tombstone.key(), tombstone.value()), (b'tombstone', None))
    equal((last.key(), last.value().decode()), (None, 'Grüße'))


@habit
def records_of_each_codec_come_back(bootstrap):
    topic = new_topic(bootstrap, 'codecs')
    expected = []
    for codec in ['none', 'gzip', 'snappy', 'lz4', 'zstd']:
        texts = [f'{codec} {number} {"x" * 500}' for number in range(100)]
        produce(bootstrap, topic, [{'value': text} for text in texts], **{'compression.type': codec, 'linger.ms': 50})
        expected += texts
    equal(values(read_all(bootstrap, topic, len(expected), **{'check.crcs': True})), expected)


@habit
def many_records_keep_the_order_of_their_keys(bootstrap):
    topic = new_topic(bootstrap, 'many', 4)
    produce(bootstrap, topic, [{'key': str(number % 50), 'value': str(number)} for number in range(20_000)], **{'compression.type': 'lz4'})
    by_key, partitions = {}, {}
    for message in read_all(bootstrap, topic, 20_000):
        by_key.setdefault(int(message.key()), []).append(int(message.value()))
        partitions.setdefault(message.key(), set()).add(message.partition())
    equal(by_key, {key: list(range(key, 20_000, 50)) for key in range(50)})
    equal({len(seen) for seen in partitions.values()}, {1})


@habit
def an_idempotent_producer_keeps_order(bootstrap):
    topic = new_topic(bootstrap, 'idempotent')
    texts = [str(number) for number in range(2_000)]
    for _ in range(2):
        produce(bootstrap, topic, [{'value': text} for text in texts], **{'enable.idempotence': True, 'batch.num.messages': 20})
    equal(values(read_all(bootstrap, topic, 4_000)), texts + texts)


@habit
def a_topic_is_made_by_producing_to_it(bootstrap):
    produce(bootstrap, 'made-by-producing', [{'value': 'a'}])
    equal(values(read_all(bootstrap, 'made-by-producing', 1)), ['a'])
    equal(len(admin(bootstrap).list_topics('made-by-producing').topics['made-by-producing'].partitions), 1)


@habit
def a_consumer_begins_at_the_beginning_or_at_the_end(bootstrap):
    topic = new_topic(bootstrap, 'ends')
    produce(bootstrap, topic, [{'value': 'old'}])
    with consumer(bootstrap, 'at-the-end', **{'auto.offset.reset': 'latest'}) as late, consumer(bootstrap, 'assigned') as assigned:
        late.subscribe([topic])
        assigned.assign([TopicPartition(topic, 0, OFFSET_END)])
        # Nothing tells when a consumer has found the end: records are sent until it gets one.
        for opened in late, assigned:
            until('a new record comes', lambda opened=opened: produce(bootstrap, topic, [{'value': 'new'}]) and first_is_new(opened))
        low, high = assigned.get_watermark_offsets(TopicPartition(topic, 0))
        assert low == 0 and high >= 2
    equal(values(read_all(bootstrap, topic, 2)), ['old', 'new'])


def first_is_new(consumer):
    message = consumer.poll(1)
    if message is not None:
        equal(values([message]), ['new'])
    return message is not None


@habit
def a_consumer_begins_at_a_time(bootstrap):
    topic = new_topic(bootstrap, 'times')
    produce(bootstrap, topic, [{'value': str(at), 'timestamp': at} for at in (1_000, 2_000, 3_000)])
    with consumer(bootstrap, 'times') as opened:
        at = opened.offsets_for_times([TopicPartition(topic, 0, 1_500)], timeout=10)
        equal([(partition.offset, partition.error) for partition in at], [(1, None)])
        after = opened.offsets_for_times([TopicPartition(topic, 0, 4_000)], timeout=10)
        equal(after[0].offset, OFFSET_END)
        opened.assign(at)
        equal(values(collect(opened, 2)), ['2000', '3000'])


@habit
def an_unknown_topic_is_an_error(bootstrap):
    # A producer's default is to wait 30 s for a topic that may be about to be made.
    settings = {'allow.auto.create.topics': False, 'topic.metadata.propagation.max.ms': 1000}
    with consumer(bootstrap, 'unknown', **settings) as opened:
        opened.subscribe(['not-there'])
        error = raises(KafkaException, lambda: collect(opened, 1))
        equal(error.args[0].code(), KafkaError.UNKNOWN_TOPIC_OR_PART)
    error = raises(KafkaException, lambda: produce(bootstrap, 'not-there', [{'value': 'a'}], **settings))
    equal(error.args[0].code(), KafkaError.UNKNOWN_TOPIC_OR_PART)
    new_topic(bootstrap, 'one-partition')
    error = raises(KafkaException, lambda: produce(bootstrap, 'one-partition', [{'value': 'a', 'partition': 5}]))
    equal(error.args[0].code(), KafkaError._UNKNOWN_PARTITION)


@habit
def a_record_that_is_too_large_is_an_error(bootstrap):
    topic = new_topic(bootstrap, 'large', **{'max.message.bytes': '10000'})
    error = raises(KafkaException, lambda: produce(bootstrap, topic, [{'value': b'x' * 20_000}]))
    equal(error.args[0].code(), KafkaError.MSG_SIZE_TOO_LARGE)
    produce(bootstrap, topic, [{'value': b'x' * 9_000}])
    started = time.monotonic()
    equal(len(read_all(bootstrap, topic, 1)[0].value()), 9_000)
    assert time.monotonic() - started < 10


@habit
def a_record_larger_than_a_fetch_comes(bootstrap):
    topic = new_topic(bootstrap, 'huge', **{'max.message.bytes': '8000000'})
    sent = [b'a', b'x' * 5_000_000, b'b']
    produce(bootstrap, topic, [{'value': value} for value in sent], **{'message.max.bytes': 6_000_000})
    small = {'fetch.message.max.bytes': 10_000, 'fetch.max.bytes': 100_000, 'message.max.bytes': 90_000}
    equal([len(message.value()) for message in read_all(bootstrap, topic, 3, **small)], [1, 5_000_000, 1])
