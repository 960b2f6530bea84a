"""What kafka-python has since 2.1."""

from check import equal, habit, raises
from client import new_topic, produce, producer, read_all, values
from kafka.errors import KafkaError


@habit
def an_idempotent_producer_keeps_order(bootstrap):
    topic = new_topic(bootstrap, 'idempotent')
    texts = [str(number) for number in range(1_000)]
    for _ in range(2):
        produce(bootstrap, topic, [{'value': text.encode()} for text in texts], enable_idempotence=True, batch_size=200)
    equal(values(read_all(bootstrap, topic, 2_000)), texts + texts)


@habit
def transactions_are_refused(bootstrap):
    topic = new_topic(bootstrap, 'without-transactions')
    with producer(bootstrap, transactional_id='transactions', max_block_ms=3_000) as opened:
        assert 'UnsupportedVersionError' in str(raises(KafkaError, opened.init_transactions))
    produce(bootstrap, topic, [{'value': b'a'}])
    equal(values(read_all(bootstrap, topic, 1, isolation_level='read_committed')), ['a'])
