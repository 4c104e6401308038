-- When a break was opened or resolved before its last change: where a reader of changes was who saw it then.
ALTER TABLE tieout.breaks ADD COLUMN changed_before timestamptz;
