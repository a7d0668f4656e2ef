// Placeholder until the first real code of Worlds lands.
