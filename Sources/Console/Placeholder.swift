// Placeholder until the first real code of Console lands.
