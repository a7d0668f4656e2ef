// Placeholder until the first real code of People lands.
