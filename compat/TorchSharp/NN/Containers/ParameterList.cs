using System.Collections;
using System.Globalization;
using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A list of parameters named by their index.</summary>
    public class ParameterList : torch.nn.Module, IList<Parameter>
    {
        private readonly List<Parameter> items = [];
        private bool registered;

        public ParameterList(params Parameter[] parameters)
            : base(nameof(ParameterList)) => items.AddRange(parameters ?? []);

        public int Count => items.Count;

        public bool IsReadOnly => false;

        public Parameter this[int index]
        {
            get => items[index];
            set => items[index] = value;
        }

        public void Add(Parameter item) => items.Add(item);

        public void append(params Parameter[] parameters) => items.AddRange(parameters ?? []);

        public void extend(IEnumerable<Parameter> parameters) => items.AddRange(parameters);

        public void Insert(int index, Parameter item) => items.Insert(index, item);

        public bool Remove(Parameter item) => items.Remove(item);

        public void RemoveAt(int index) => items.RemoveAt(index);

        public void Clear() => items.Clear();

        public bool Contains(Parameter item) => items.Contains(item);

        public int IndexOf(Parameter item) => items.IndexOf(item);

        public void CopyTo(Parameter[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

        public IEnumerator<Parameter> GetEnumerator() => items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
            items.Select((parameter, index) => (index.ToString(CultureInfo.InvariantCulture), parameter));

        public override bool has_parameter(string target) => get_parameter(target) is not null;

        public override Parameter? get_parameter(string target) =>
            int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < items.Count ? items[index] : null;

        protected override void RegisterComponents()
        {
            if (registered)
            {
                return;
            }

            registered = true;
            for (var index = 0; index < items.Count; index++)
            {
                register_parameter(index.ToString(CultureInfo.InvariantCulture), items[index]);
            }
        }

        protected override void _toEpilog(torch.ScalarType? dtype, torch.Device? device, bool non_blocking)
        {
            for (var index = 0; index < items.Count; index++)
            {
                if (ReplaceParameter(dtype, device, items[index], out var moved))
                {
                    items[index].Dispose();
                    items[index] = moved!;
                    ConditionallyRegisterParameter(index.ToString(CultureInfo.InvariantCulture), moved);
                }
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ParameterList ParameterList(params Parameter[] parameters) => new(parameters);
        }
    }
}
