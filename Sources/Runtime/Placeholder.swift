// Placeholder until the first real code of Runtime lands.
