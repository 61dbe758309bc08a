//! What is particular to SQLite: files, locks, full disks, crashes, migrations and speed.

mod load;
