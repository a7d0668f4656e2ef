// Placeholder until the first real code of Questions lands.
