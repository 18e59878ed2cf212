DROP TABLE column_mappings;
DROP TABLE indicator_inputs;
