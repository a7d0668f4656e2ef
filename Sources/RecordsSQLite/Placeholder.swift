// Placeholder until the first real code of RecordsSQLite lands.
