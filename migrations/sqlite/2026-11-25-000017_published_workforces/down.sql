DROP TABLE survey_figures;
DROP TABLE published_workforces;
