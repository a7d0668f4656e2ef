// Placeholder until the first real code of Records lands.
