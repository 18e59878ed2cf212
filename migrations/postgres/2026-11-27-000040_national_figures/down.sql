DROP TABLE national_figures;
