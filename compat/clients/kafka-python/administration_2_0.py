"""The admin client of version 2.0, which gives some answers as they were on the wire."""

from check import equal, habit, raises, until
from client import admin, collect, consumer, new_topic, produce, values
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import (
    GroupIdNotFoundError,
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidReplicationFactorError,
    InvalidTopicError,
    NoError,
    NonEmptyGroupError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
)


@habit
def topics_are_made_listed_described_and_deleted(bootstrap):
    with admin(bootstrap) as client:
        new_topic(bootstrap, 'described', 3)
        assert 'described' in client.list_topics()
        (described,) = client.describe_topics(['described'])
        equal((described['topic'], described['is_internal'], described['error_code']), ('described', False, 0))
        equal(sorted((partition['partition'], partition['leader'], *partition['isr']) for partition in described['partitions']), [(0, 1, 1), (1, 1, 1), (2, 1, 1)])
        client.delete_topics(['described'])
        until('it is gone from the list', lambda: 'described' not in client.list_topics())


@habit
def topics_that_cannot_be_made_are_refused(bootstrap):
    with admin(bootstrap) as client:
        def refused(error, name, partitions=1, replicas=1, **configs):
            raises(error, lambda: client.create_topics([NewTopic(name, partitions, replicas, topic_configs=configs)]))

        new_topic(bootstrap, 'twice')
        refused(TopicAlreadyExistsError, 'twice')
        refused(InvalidTopicError, 'in valid')
        refused(InvalidPartitionsError, 'partitions', 0)
        refused(InvalidReplicationFactorError, 'replicas', 1, 3)
        refused(InvalidConfigurationError, 'setting', **{'retention.ms': 'soon'})
        raises(UnknownTopicOrPartitionError, lambda: client.delete_topics(['never-made']))


@habit
def partitions_are_added(bootstrap):
    with admin(bootstrap) as client:
        topic = new_topic(bootstrap, 'grown')
        client.create_partitions({topic: NewPartitions(3)})
        until('its metadata shows them', lambda: len(client.describe_topics([topic])[0]['partitions']) == 3)
        produce(bootstrap, topic, [{'value': b'a', 'partition': 2}])
        raises(InvalidPartitionsError, lambda: client.create_partitions({topic: NewPartitions(2)}))


@habit
def configs_are_described_and_altered(bootstrap):
    new_topic(bootstrap, 'configured', **{'retention.ms': '60000'})

    def resource(**configs):
        return ConfigResource(ConfigResourceType.TOPIC, 'configured', configs or None)

    with admin(bootstrap) as client:
        def described(name):
            (response,) = client.describe_configs([resource()])
            ((error_code, _, _, _, entries),) = response.resources
            equal(error_code, 0)
            return next((value, source) for entry, value, _, source, *_ in entries if entry == name)

        equal(described('retention.ms'), ('60000', 1))
        equal(described('cleanup.policy'), ('delete', 5))
        client.alter_configs([resource(**{'max.message.bytes': '12345'})])
        until('what was not given is reset', lambda: described('max.message.bytes') == ('12345', 1) and described('retention.ms') == ('604800000', 5))


@habit
def groups_are_listed_described_and_deleted(bootstrap):
    topic = new_topic(bootstrap, 'of-a-group', 2)
    produce(bootstrap, topic, [{'value': b'a'}])
    with admin(bootstrap) as client:
        def described():
            return client.describe_consumer_groups(['described-group'])[0]

        with consumer(bootstrap, 'described-group', client_id='its-member') as member:
            member.subscribe([topic])
            collect(member, 1)
            assert ('described-group', 'consumer') in client.list_consumer_groups()
            equal((described().state, described().protocol_type, described().protocol), ('Stable', 'consumer', 'range'))
            equal([(member.client_id, member.client_host) for member in described().members], [('its-member', '/127.0.0.1')])
            equal([member.member_assignment.assignment for member in described().members], [[(topic, [0, 1])]])
            equal(client.delete_consumer_groups(['described-group']), [('described-group', NonEmptyGroupError)])
        until('the group is empty', lambda: described().state == 'Empty')
        equal(client.delete_consumer_groups(['described-group']), [('described-group', NoError)])
        assert ('described-group', 'consumer') not in client.list_consumer_groups()
        equal(client.delete_consumer_groups(['described-group']), [('described-group', GroupIdNotFoundError)])


@habit
def offsets_are_committed_and_listed(bootstrap):
    topic = new_topic(bootstrap, 'offsets')
    partition = TopicPartition(topic, 0)
    produce(bootstrap, topic, [{'value': b'a'}, {'value': b'b'}])
    with consumer(bootstrap, 'committing') as opened:
        opened.subscribe([topic])
        equal(values(collect(opened, 2)), ['a', 'b'])
        opened.commit()
    with admin(bootstrap) as client:
        committed = client.list_consumer_group_offsets('committing')
        equal({partition: offset.offset for partition, offset in committed.items()}, {partition: 2})


@habit
def the_cluster_is_described(bootstrap):
    with admin(bootstrap) as client:
        cluster = client.describe_cluster()
        host, port = bootstrap.split(':')
        equal((len(cluster['cluster_id']), cluster['controller_id']), (22, 1))
        equal([(node['node_id'], node['host'], node['port']) for node in cluster['brokers']], [(1, host, int(port))])
