DROP TABLE actions;
DROP TABLE published_summaries;
