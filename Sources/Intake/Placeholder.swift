// Placeholder until the first real code of Intake lands.
