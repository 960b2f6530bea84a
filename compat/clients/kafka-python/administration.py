from check import equal, habit, raises, until
from client import admin, collect, consumer, new_topic, produce, read_all, values
from kafka import TopicPartition
from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    GroupIdNotFoundError,
    GroupSubscribedToTopicError,
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidReplicationFactorError,
    InvalidTopicError,
    NoError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
)
from kafka.structs import OffsetAndMetadata


@habit
def topics_are_made_listed_described_and_deleted(bootstrap):
    with admin(bootstrap) as client:
        new_topic(bootstrap, 'described', 3)
        assert 'described' in client.list_topics()
        (described,) = client.describe_topics(['described'])
        equal((described['name'], described['is_internal'], described['error_code']), ('described', False, 0))
        equal(sorted(partition['partition_index'] for partition in described['partitions']), [0, 1, 2])
        equal({(partition['leader_id'], *partition['isr_nodes'], *partition['replica_nodes']) for partition in described['partitions']}, {(1, 1, 1)})
        client.delete_topics(['described'])
        until('it is gone from the list', lambda: 'described' not in client.list_topics())


@habit
def topics_that_cannot_be_made_are_refused(bootstrap):
    with admin(bootstrap) as client:
        def refused(error, name, **options):
            raises(error, lambda: client.create_topics({name: {'num_partitions': 1, 'replication_factor': 1, **options}}))

        new_topic(bootstrap, 'twice')
        refused(TopicAlreadyExistsError, 'twice')
        refused(InvalidTopicError, 'in valid')
        refused(InvalidPartitionsError, 'partitions', num_partitions=0)
        refused(InvalidReplicationFactorError, 'replicas', replication_factor=3)
        refused(InvalidConfigurationError, 'setting', configs={'retention.ms': 'soon'})
        raises(UnknownTopicOrPartitionError, lambda: client.delete_topics(['never-made']))
        client.create_topics({'only-checked': {}}, validate_only=True)
        assert 'only-checked' not in client.list_topics()


@habit
def partitions_are_added(bootstrap):
    with admin(bootstrap) as client:
        topic = new_topic(bootstrap, 'grown')
        client.create_partitions({topic: 3})
        until('its metadata shows them', lambda: len(client.describe_topics([topic])[0]['partitions']) == 3)
        produce(bootstrap, topic, [{'value': b'a', 'partition': 2}])
        raises(InvalidPartitionsError, lambda: client.create_partitions({topic: 2}))
        raises(UnknownTopicOrPartitionError, lambda: client.create_partitions({'never-made': 2}))


@habit
def configs_are_described_and_altered(bootstrap):
    new_topic(bootstrap, 'configured', **{'retention.ms': '60000'})

    def resource(configs=None, name='configured'):
        return ConfigResource(ConfigResourceType.TOPIC, name, configs)

    with admin(bootstrap) as client:
        def modified():
            entries = client.describe_configs([resource()])['topic']['configured']
            return {name: entry['value'] for name, entry in entries.items() if entry['config_source'] == 'DYNAMIC_TOPIC_CONFIG'}

        def comes_to(**expected):
            names = {name.replace('_', '.'): value for name, value in expected.items()}
            until(f'{names}', lambda: modified() == names)

        comes_to(retention_ms='60000')
        everything = client.describe_configs([resource()], config_filter='all')['topic']['configured']
        equal((everything['cleanup.policy']['value'], everything['cleanup.policy']['config_source']), ('delete', 'DEFAULT_CONFIG'))
        client.alter_configs([resource({'retention.ms': '70000', 'cleanup.policy': (AlterConfigOp.APPEND, 'compact')})])
        comes_to(retention_ms='70000', cleanup_policy='delete,compact')
        client.reset_configs([resource(['retention.ms'])])
        comes_to(cleanup_policy='delete,compact')
        # The older call: the client sends all that is modified along with the change.
        client.alter_configs([resource({'max.message.bytes': '12345'})], incremental=False)
        comes_to(cleanup_policy='delete,compact', max_message_bytes='12345')
        assert 'InvalidConfigurationError' in client.alter_configs([resource({'retention.ms': 'soon'})])['topic']['configured']
        broker = client.describe_configs([ConfigResource(ConfigResourceType.BROKER, '1')], config_filter='all')['broker']['1']
        equal((broker['node.id']['value'], broker['node.id']['read_only']), ('1', True))


@habit
def groups_are_listed_described_and_deleted(bootstrap):
    topic = new_topic(bootstrap, 'of-a-group', 2)
    produce(bootstrap, topic, [{'value': b'a'}])
    with admin(bootstrap) as client:
        def listed(**filters):
            return {group['group_id']: (group['protocol_type'], group['group_state']) for group in client.list_groups(**filters)}

        with consumer(bootstrap, 'described-group', client_id='its-member') as member:
            member.subscribe([topic])
            collect(member, 1)
            equal(listed()['described-group'], ('consumer', 'Stable'))
            described = client.describe_groups(['described-group'])['described-group']
            equal((described['group_state'], described['protocol_type'], described['protocol_data']), ('Stable', 'consumer', 'range'))
            equal([(member['client_id'], member['client_host']) for member in described['members']], [('its-member', '/127.0.0.1')])
            equal(client.delete_groups(['described-group']), {'described-group': 'NonEmptyGroupError'})
        until('the group is empty', lambda: listed(states_filter=['Empty']).get('described-group') == ('consumer', 'Empty'))
        equal(client.delete_groups(['described-group']), {'described-group': 'OK'})
        assert 'described-group' not in listed()
        equal(client.delete_groups(['described-group']), {'described-group': 'GroupIdNotFoundError'})


@habit
def offsets_are_committed_and_listed(bootstrap):
    topic = new_topic(bootstrap, 'offsets', 2)
    first, second = TopicPartition(topic, 0), TopicPartition(topic, 1)
    produce(bootstrap, topic, [{'value': b'%d' % at, 'timestamp_ms': at, 'partition': 0} for at in (1_000, 2_000, 3_000)])
    with admin(bootstrap) as client:
        specs = [OffsetSpec.EARLIEST, OffsetSpec.LATEST, 1_500, OffsetSpec.MAX_TIMESTAMP]
        equal([client.list_partition_offsets({first: spec})[first].offset for spec in specs], [0, 3, 1, 2])
        client.alter_group_offsets('moved', {first: OffsetAndMetadata(2, 'two', -1), second: OffsetAndMetadata(0, '', -1)})
        committed = client.list_group_offsets({'moved': None})['moved']
        equal({partition: (offset.offset, offset.metadata) for partition, offset in committed.items()}, {first: (2, 'two'), second: (0, '')})
        with consumer(bootstrap, 'moved') as opened:
            opened.subscribe([topic])
            equal(values(collect(opened, 1)), ['3000'])
            equal(client.alter_group_offsets('moved', {first: OffsetAndMetadata(0, '', -1)}), {first: UnknownMemberIdError})
        until('its member has left', lambda: client.describe_groups(['moved'])['moved']['group_state'] == 'Empty')
        client.reset_group_offsets('moved', {first: OffsetSpec.EARLIEST})
        equal(client.list_group_offsets({'moved': [first]})['moved'][first].offset, 0)


@habit
def offsets_of_a_group_are_deleted(bootstrap):
    topic = new_topic(bootstrap, 'forgotten')
    partition = TopicPartition(topic, 0)
    produce(bootstrap, topic, [{'value': b'a'}])
    with admin(bootstrap) as client:
        with consumer(bootstrap, 'forgetful') as opened:
            opened.subscribe([topic])
            collect(opened, 1)
            opened.commit()
            equal(client.delete_group_offsets('forgetful', [partition]), {partition: GroupSubscribedToTopicError})
        until('its member has left', lambda: client.describe_groups(['forgetful'])['forgetful']['group_state'] == 'Empty')
        equal(client.delete_group_offsets('forgetful', [partition]), {partition: NoError})
        equal(client.list_group_offsets({'forgetful': None})['forgetful'], {})
        raises(GroupIdNotFoundError, lambda: client.delete_group_offsets('never-made', [partition]))


@habit
def records_are_deleted(bootstrap):
    topic = new_topic(bootstrap, 'shortened')
    partition = TopicPartition(topic, 0)
    produce(bootstrap, topic, [{'value': b'%d' % number} for number in range(5)])
    with admin(bootstrap) as client:
        equal(client.delete_records({partition: 3})[partition]['low_watermark'], 3)
        equal(values(read_all(bootstrap, topic, 2)), ['3', '4'])
        raises(OffsetOutOfRangeError, lambda: client.delete_records({partition: 9}))


@habit
def the_cluster_is_described(bootstrap):
    with admin(bootstrap) as client:
        cluster = client.describe_cluster()
        host, port = bootstrap.split(':')
        equal((len(cluster['cluster_id']), cluster['controller_id']), (22, 1))
        equal([(node['broker_id'], node['host'], node['port']) for node in cluster['brokers']], [(1, host, int(port))])
