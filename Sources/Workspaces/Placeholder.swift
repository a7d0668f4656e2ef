// Placeholder until the first real code of Workspaces lands.
