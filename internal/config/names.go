package config

import (
	"fmt"

	"github.com/caarlos0/env/v11"
)

// Names lists every variable that Load reads.
func Names() ([]string, error) {
	fields, err := env.GetFieldParams(&variables{})
	if err != nil {
		return nil, fmt.Errorf("list the variables: %w", err)
	}
	names := []string{metricsVariable}
	for _, field := range fields {
		names = append(names, field.Key)
	}
	return names, nil
}
