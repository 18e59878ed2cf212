DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
DELETE FROM jobs WHERE kind = 'deliver_webhook';
