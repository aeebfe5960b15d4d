-- The audit trail proves itself: seals over what was written, bounded by transactions, linked and signed.

-- Which cluster the transaction ids belong to: they begin anew where a backup is restored into another one.
create table audit_epoch (
    epoch INTEGER NOT NULL,
    system_identifier BIGINT NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    reason TEXT NOT NULL,
    lost_to BIGINT,
    PRIMARY KEY (epoch)
);
insert into audit_epoch (epoch, system_identifier, reason)
    select 1, system_identifier, 'first installation' from pg_control_system();

-- The default is changed by whoever begins another epoch, so that writers look nothing up.
alter table audit_event add column epoch INTEGER DEFAULT 1 NOT NULL;

create table audit_seal (
    n BIGINT NOT NULL,
    epoch INTEGER NOT NULL,
    from_xid xid8 NOT NULL,
    to_xid xid8 NOT NULL,
    horizon xid8 NOT NULL,
    events INTEGER NOT NULL,
    root BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT,
    key_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    event_ids BIGINT[] NOT NULL,
    leaf_hashes BYTEA NOT NULL,
    PRIMARY KEY (n),
    UNIQUE (hash),
    CONSTRAINT audit_seal_hashes CHECK (octet_length(root) = 32 and octet_length(previous) = 32
        and octet_length(hash) = 32 and octet_length(signature) = 64 and octet_length(leaf_hashes) = 32 * events)
);

comment on table audit_epoch is
    'Từ khi nào nhật ký nằm ở cụm PostgreSQL này · since when the trail lives in this cluster';
comment on table audit_seal is
    'Niêm phong một đoạn nhật ký: cây Merkle có ký · a signed Merkle seal over a stretch of the trail';

-- Kept as written, also where a session has switched ordinary triggers off.
alter table audit_event enable always trigger audit_event_kept;
create trigger audit_seal_kept before update or delete or truncate on audit_seal
    for each statement execute function audit_event_is_kept();
alter table audit_seal enable always trigger audit_seal_kept;
create trigger audit_epoch_kept before update or delete or truncate on audit_epoch
    for each statement execute function audit_event_is_kept();
alter table audit_epoch enable always trigger audit_epoch_kept;

-- When and in which transaction an event was written, nobody says but the database.
revoke all on audit_event, audit_seal, audit_epoch from hub_app;
grant select on audit_event, audit_seal, audit_epoch to hub_app;
grant insert on audit_seal to hub_app;
grant insert (agency_id, event_type, agent_id, on_behalf_of, request_id, object_type, object_id, outcome, reason,
    detail, policy_version, client_ip) on audit_event to hub_app;

create index audit_event_agent on audit_event (agent_id, id);
-- Who has read this record? A read tells all its restricted records in one event.
create index audit_event_records on audit_event using gin ((detail -> 'records'))
    where event_type = 'record:read';
