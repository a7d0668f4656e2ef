// Placeholder until the first real code of EventStore lands.
