-- A partner may be called otherwise; its id is what everything else names.
GRANT UPDATE (name) ON tieout.partners TO tieout_runtime;
