"""Let the database itself refuse a change of the access log.

The platform's own code never tries. This stops a slip, a shell session and a stolen web process
alike; who owns the table can still drop the trigger, which the sealed checkpoints are there to show.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION governance_refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER access_event_no_change
    BEFORE UPDATE OR DELETE ON governance_accessevent
    FOR EACH ROW EXECUTE FUNCTION governance_refuse_log_change();

CREATE TRIGGER access_event_no_truncate
    BEFORE TRUNCATE ON governance_accessevent
    FOR EACH STATEMENT EXECUTE FUNCTION governance_refuse_log_change();
"""

BACKWARD = """
DROP TRIGGER access_event_no_truncate ON governance_accessevent;
DROP TRIGGER access_event_no_change ON governance_accessevent;
DROP FUNCTION governance_refuse_log_change();
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
