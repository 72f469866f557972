package store

import "context"

// Carried is a job with what goes along with it: what the job's caller knows
// and the transaction does not, since callers share one.
type Carried struct {
	Job
	With map[string]string
}

// carrier is a JobInserter that has something go along with jobs.
type carrier interface {
	// Carry is read from a caller's context; nothing when there is nothing to carry.
	Carry(ctx context.Context) map[string]string
}

// loaded are the unit's jobs with what goes along with them.
func (s *Store) loaded(u *unit, jobs []Job) []Job {
	c, ok := s.jobs.(carrier)
	if !ok || len(jobs) == 0 {
		return jobs
	}
	with := c.Carry(u.ctx)
	if len(with) == 0 {
		return jobs
	}
	list := make([]Job, len(jobs)) // a unit may be run again with the jobs that it was given
	for n, job := range jobs {
		list[n] = Carried{Job: job, With: with}
	}
	return list
}
