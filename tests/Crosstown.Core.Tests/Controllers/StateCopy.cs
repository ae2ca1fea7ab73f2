using System.Linq.Expressions;
using System.Reflection;
using Crosstown.Core.Controllers;

namespace Crosstown.Core.Tests.Controllers;

/// <summary>Reads a controller's whole memory into numbers and back: every field that there is, also ones that are added later.</summary>
internal sealed class StateCopy
{
    private readonly Action<ControllerState, long[]> _save;
    private readonly Action<ControllerState, long[]> _load;
    private readonly Dictionary<string, int> _places = [];

    private StateCopy()
    {
        var state = Expression.Parameter(typeof(ControllerState));
        var numbers = Expression.Parameter(typeof(long[]));
        var save = new List<Expression>();
        var load = new List<Expression>();
        var example = new ControllerState();
        foreach (var field in typeof(ControllerState).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
            _places[name] = Length;
            var slots = field.FieldType.IsArray ? ((Array)field.GetValue(example)!).Length : 1;
            for (var i = 0; i < slots; i++)
            {
                Expression cell = Expression.Field(state, field);
                cell = field.FieldType.IsArray ? Expression.ArrayAccess(cell, Expression.Constant(i)) : cell;
                var number = Expression.ArrayAccess(numbers, Expression.Constant(Length++));
                save.Add(Expression.Assign(number, cell.Type == typeof(bool) ? Expression.Condition(cell, Expression.Constant(1L), Expression.Constant(0L)) : Expression.Convert(cell, typeof(long))));
                load.Add(Expression.Assign(cell, cell.Type == typeof(bool) ? Expression.NotEqual(number, Expression.Constant(0L)) : Expression.Convert(number, cell.Type)));
            }
        }

        _save = Expression.Lambda<Action<ControllerState, long[]>>(Expression.Block(save), state, numbers).Compile();
        _load = Expression.Lambda<Action<ControllerState, long[]>>(Expression.Block(load), state, numbers).Compile();
    }

    public static StateCopy Shared { get; } = new();

    /// <summary>How many numbers a state has.</summary>
    public int Length { get; private set; }

    /// <summary>Where a field's first number is.</summary>
    public int PlaceOf(string field) => _places[field];

    public void Save(ControllerState state, long[] numbers) => _save(state, numbers);

    public void Load(ControllerState state, long[] numbers) => _load(state, numbers);
}
