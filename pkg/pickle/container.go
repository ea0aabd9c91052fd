package pickle

import "fmt"

func (m *machine) mark() error {
	m.marks = append(m.marks, len(m.stack))
	return nil
}

func (m *machine) drop() error {
	_, err := m.pop()
	return err
}

func (m *machine) dropToMark() error {
	_, err := m.popMark()
	return err
}

func (m *machine) double() error {
	v, err := m.top()
	m.push(v)
	return err
}

func tuple(n int) func(*machine) error {
	return func(m *machine) error {
		v, err := m.popN(n)
		m.push(Tuple(v))
		return err
	}
}

func (m *machine) tupleFromMark() error {
	v, err := m.popMark()
	m.push(Tuple(v))
	return err
}

func (m *machine) emptyList() error {
	m.push(&List{})
	return nil
}

func (m *machine) appendOne() error {
	v, err := m.popN(1)
	return m.extend(v, err)
}

func (m *machine) appendMany() error {
	v, err := m.popMark()
	return m.extend(v, err)
}

func (m *machine) extend(items []any, err error) error {
	if err != nil {
		return err
	}
	to, err := m.top()
	if err != nil {
		return err
	}
	list, ok := to.(*List)
	if !ok {
		return fmt.Errorf("%T where a list should be", to)
	}
	list.Items = append(list.Items, items...)
	return nil
}

func (m *machine) emptyDict() error {
	m.push(&Dict{})
	return nil
}

func (m *machine) setOne() error {
	v, err := m.popN(2)
	return m.set(v, err)
}

func (m *machine) setMany() error {
	v, err := m.popMark()
	return m.set(v, err)
}

// set stores keys and values that take turns.
func (m *machine) set(items []any, err error) error {
	if err != nil {
		return err
	}
	to, err := m.top()
	if err != nil {
		return err
	}
	var d *Dict
	switch to := to.(type) {
	case *Dict:
		d = to
	case *Call:
		d = &to.Items
	default:
		return fmt.Errorf("%T where a dictionary should be", to)
	}
	if len(items)%2 != 0 {
		return fmt.Errorf("a key has no value")
	}
	for i := 0; i < len(items); i += 2 {
		switch items[i].(type) {
		case nil, bool, int64, float64, string:
		default: // others could not be compared
			return fmt.Errorf("%T cannot be a key", items[i])
		}
		d.Keys = append(d.Keys, items[i])
		d.Values = append(d.Values, items[i+1])
	}
	return nil
}

func put(width int) func(*machine) error {
	return func(m *machine) error {
		k, err := m.number(width)
		if err != nil {
			return err
		}
		return m.remember(k)
	}
}

func (m *machine) memoize() error { return m.remember(len(m.memo)) }

func (m *machine) remember(k int) error {
	v, err := m.top()
	m.memo[k] = v
	return err
}

func get(width int) func(*machine) error {
	return func(m *machine) error {
		k, err := m.number(width)
		if err != nil {
			return err
		}
		v, ok := m.memo[k]
		if !ok {
			return fmt.Errorf("nothing is remembered as %d", k)
		}
		m.push(v)
		return nil
	}
}

func (m *machine) global() error {
	at := m.at - 1
	module, err := m.line()
	if err != nil {
		return err
	}
	name, err := m.line()
	if err != nil {
		return err
	}
	return m.name(Global{module, name}, at)
}

func (m *machine) stackGlobal() error {
	at := m.at - 1
	v, err := m.popN(2)
	if err != nil {
		return err
	}
	module, ok1 := v[0].(string)
	name, ok2 := v[1].(string)
	if !ok1 || !ok2 {
		return fmt.Errorf("a name of %T and %T", v[0], v[1])
	}
	return m.name(Global{module, name}, at)
}

func (m *machine) name(g Global, at int) error {
	if !m.known(g) {
		return &UnknownName{g, at}
	}
	m.push(g)
	return nil
}

func (m *machine) reduce() error {
	v, err := m.popN(2)
	if err != nil {
		return err
	}
	f, ok := v[0].(Global)
	args, isTuple := v[1].(Tuple)
	if !ok || !isTuple {
		return fmt.Errorf("a call of %T with %T", v[0], v[1])
	}
	m.push(&Call{Func: f, Args: args})
	return nil
}

// build gives an object attributes. They are no data of a dictionary or a
// tensor, so they are left out.
func (m *machine) build() error {
	if _, err := m.pop(); err != nil {
		return err
	}
	to, err := m.top()
	if err != nil {
		return err
	}
	if _, ok := to.(*Call); !ok {
		return fmt.Errorf("attributes of %T", to)
	}
	return nil
}

func (m *machine) persistent() error {
	id, err := m.pop()
	if err != nil {
		return err
	}
	if m.outside == nil {
		return fmt.Errorf("an object outside the pickle")
	}
	v, err := m.outside(id)
	m.push(v)
	return err
}
