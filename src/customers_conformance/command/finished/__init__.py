"""The commands on finished runs, of which reports and evidence are left."""
