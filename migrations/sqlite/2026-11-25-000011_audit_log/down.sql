DROP TRIGGER audit_events_are_never_changed;
DROP TRIGGER audit_events_are_never_deleted;
DROP TABLE audit_heads;
DROP TABLE audit_events;
