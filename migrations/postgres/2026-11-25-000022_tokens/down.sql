DROP TABLE revoked_tokens;
DROP TABLE api_sessions;
DROP TABLE signing_keys;
