// Placeholder until the first real code of Columns lands.
