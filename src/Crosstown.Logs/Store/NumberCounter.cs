namespace Crosstown.Logs.Store;

/// <summary>Counts 32-bit values and numbers them 0, 1, … as they are first met. A hash table of plain arrays: no object per value.</summary>
internal sealed class NumberCounter
{
    // An odd number near 2^32 / golden ratio spreads neighbors over the table (Knuth, vol. 3, 6.4).
    private const uint Spread = 0x9E3779B1;

    private int[] _places = new int[2048];
    private uint[] _values = new uint[1024];
    private int[] _counts = new int[1024];
    private int _shift = 21;

    /// <summary>How many values are known.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        Array.Clear(_places);
        Count = 0;
    }

    public uint ValueOf(int number) => _values[number];

    public int CountOf(int number) => _counts[number];

    /// <summary>Counts a value; returns its number.</summary>
    public int Add(uint value)
    {
        var places = _places;
        var place = (int)(value * Spread >> _shift);
        while (true)
        {
            var number = places[place] - 1;
            if (number < 0)
            {
                return AddNew(value, place);
            }

            if (_values[number] == value)
            {
                _counts[number]++;
                return number;
            }

            place = (place + 1) & (places.Length - 1);
        }
    }

    /// <summary>The number of a value that has been counted.</summary>
    public int Find(uint value)
    {
        var place = (int)(value * Spread >> _shift);
        while (_values[_places[place] - 1] != value)
        {
            place = (place + 1) & (_places.Length - 1);
        }

        return _places[place] - 1;
    }

    private int AddNew(uint value, int place)
    {
        if (Count == _values.Length)
        {
            Grow();
            place = (int)(value * Spread >> _shift);
            while (_places[place] != 0)
            {
                place = (place + 1) & (_places.Length - 1);
            }
        }

        _values[Count] = value;
        _counts[Count] = 1;
        _places[place] = Count + 1;
        return Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _values, 2 * _values.Length);
        Array.Resize(ref _counts, _values.Length);
        _places = new int[2 * _values.Length];
        _shift--;
        for (var number = 0; number < Count; number++)
        {
            var place = (int)(_values[number] * Spread >> _shift);
            while (_places[place] != 0)
            {
                place = (place + 1) & (_places.Length - 1);
            }

            _places[place] = number + 1;
        }
    }
}
